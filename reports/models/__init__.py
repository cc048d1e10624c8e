from reports.models.screen import Display

__all__ = ["Display"]
