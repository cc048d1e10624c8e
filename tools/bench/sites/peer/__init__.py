"""The peer's project: django-helpdesk, set up the way its documentation says."""
