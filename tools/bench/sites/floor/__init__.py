"""The floor: the least a Django page or a transaction can cost on this machine."""
