from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "统计与研判"

    def ready(self) -> None:
        # The receivers lean on models, which are not loaded when this module is.
        from cases.signals import case_changed  # noqa: PLC0415
        from reports.receivers import keep_the_former_ending  # noqa: PLC0415

        case_changed.connect(keep_the_former_ending)
