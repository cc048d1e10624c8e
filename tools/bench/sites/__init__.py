"""The Django projects that a run serves beside ours."""
