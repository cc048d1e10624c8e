"""The demo county 示范县: invented places, people and disputes. Plain data, knows no Django."""
