from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "dispatch"
    verbose_name = "分流与督办"

    def ready(self) -> None:
        # Acts lean on models, which are not loaded when this module is.
        from cases.acts import register  # noqa: PLC0415
        from cases.paper_kinds import register_papers  # noqa: PLC0415
        from cases.recalculation import follow  # noqa: PLC0415
        from cases.signals import case_changed, case_registered  # noqa: PLC0415
        from dispatch.contacts import present_in  # noqa: PLC0415
        from dispatch.papers import PAPERS  # noqa: PLC0415
        from dispatch.procedure import ACTS, LOADS  # noqa: PLC0415
        from dispatch.receivers import put_papers_away, send_on_directly  # noqa: PLC0415
        from dispatch.services.following import recalculate_answers  # noqa: PLC0415
        from grids.event_policies import register_present  # noqa: PLC0415

        register(*ACTS)
        register_papers(*PAPERS)
        for loads in LOADS:
            register(loads=loads)
        case_changed.connect(put_papers_away)
        case_registered.connect(send_on_directly)
        follow(recalculate_answers)
        register_present(present_in)
