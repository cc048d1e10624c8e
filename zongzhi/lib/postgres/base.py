"""The connection as the settings name it: `ENGINE = "zongzhi.lib.postgres"`."""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base

from zongzhi.lib.postgres.questions import Kept


class DatabaseWrapper(base.DatabaseWrapper):
    """A kept connection is looked at before it is used again, without a question to the server.

    A server that has gone away has closed the socket or written why: there is something to read
    where nothing was asked. Only then is it asked, as Django does each time. A network that has
    swallowed the connection unsaid is found by the first query, as it would be by the question.
    """

    kept: Kept  # what the server behind the connection knows by name

    def get_new_connection(self, conn_params: Any) -> Any:
        self.kept = Kept()
        return super().get_new_connection(conn_params)

    def is_usable(self) -> bool:
        if self.connection is None or self.connection.closed:
            return False
        waiting = select.poll()
        waiting.register(self.connection.fileno(), select.POLLIN)
        return not waiting.poll(0) or bool(super().is_usable())
