from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = "事项"

    def ready(self) -> None:
        # Acts lean on models, which are not loaded when this module is.
        from cases.acts import register  # noqa: PLC0415
        from cases.grid_events import RAISE, follow_case, grid_of_case  # noqa: PLC0415
        from cases.grid_figures import OPEN_CASES  # noqa: PLC0415
        from cases.grid_tasks import follow_task  # noqa: PLC0415
        from cases.inspection_facts import cases_of_the_period  # noqa: PLC0415
        from cases.paper_kinds import register_papers  # noqa: PLC0415
        from cases.papers_of_the_window import PAPERS  # noqa: PLC0415
        from cases.procedure import ACTS  # noqa: PLC0415
        from cases.recalculation import follow  # noqa: PLC0415
        from cases.receivers import keep_the_law, text_the_result  # noqa: PLC0415
        from cases.services.statutory import recalculate_terms  # noqa: PLC0415
        from cases.signals import case_changed  # noqa: PLC0415
        from cases.statutory import load_terms  # noqa: PLC0415
        from cases.statutory_procedure import ACTS as OF_THE_LAW  # noqa: PLC0415
        from grids.acts import register as register_event_acts  # noqa: PLC0415
        from grids.figures import register_figure  # noqa: PLC0415
        from grids.inspection_facts import register as register_facts  # noqa: PLC0415
        from grids.signals import case_wanted, task_changed  # noqa: PLC0415

        case_changed.connect(text_the_result)
        case_changed.connect(keep_the_law)
        case_changed.connect(follow_case)
        case_wanted.connect(grid_of_case)
        task_changed.connect(follow_task)
        follow(recalculate_terms)
        register(*ACTS)
        register_event_acts(RAISE)
        register_facts(cases_of_the_period)
        register(*OF_THE_LAW, loads=load_terms)
        register_papers(*PAPERS)
        register_figure(OPEN_CASES)
