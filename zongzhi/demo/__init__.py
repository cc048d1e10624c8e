"""The demo county 示范县: invented places, people and disputes, and a year of its cases."""
