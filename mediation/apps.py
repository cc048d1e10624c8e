from django.apps import AppConfig


class MediationConfig(AppConfig):
    name = "mediation"
    verbose_name = "调解"

    def ready(self) -> None:
        # Acts lean on models, which are not loaded when this module is.
        from cases.acts import register  # noqa: PLC0415
        from cases.paper_kinds import register_papers  # noqa: PLC0415
        from cases.signals import case_changed  # noqa: PLC0415
        from mediation import receivers  # noqa: PLC0415
        from mediation.papers import PAPERS  # noqa: PLC0415
        from mediation.procedure import ACTS, LOADS  # noqa: PLC0415

        register(*ACTS)
        register_papers(*PAPERS)
        for loads in LOADS:
            register(loads=loads)
        case_changed.connect(receivers.follow_the_case)
