from django.apps import AppConfig


class GridsConfig(AppConfig):
    name = "grids"
    verbose_name = "网格"

    def ready(self) -> None:
        # Acts lean on models, which are not loaded when this module is.
        from grids.acts import register  # noqa: PLC0415
        from grids.event_procedure import ACTS  # noqa: PLC0415

        register(*ACTS)
