"""Querysets put together once: for what nearly every request asks, in the same words.

Django writes the SQL of a queryset anew each time, PostgreSQL plans it anew, and either takes
longer than answering a question by key. A prepared queryset is written once a process and planned
once a connection; each asking only brings its values.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import lru_cache
from threading import Lock
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BigAutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    Expression,
    Field,
    ForeignKey,
    Func,
    IntegerField,
    Model,
    PositiveIntegerField,
    PositiveSmallIntegerField,
    QuerySet,
    TextField,
)
from django.db.models.query import ModelIterable, get_related_populators
from django.db.models.sql.compiler import SQLCompiler

from zongzhi.lib.postgres.questions import Place, Question, ask, fetch

M = TypeVar("M", bound=Model)


class Given(Expression):
    """A value that comes with each asking; stands wherever a queryset takes an expression.

    The value is sent as it is: it must be what psycopg2 takes for that column.
    """

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (Place(self.name, str(self.output_field.db_type(connection))),)


class IsAny(Func):
    """`left = ANY(array)`. Between several of these an OR still uses indexes; between INs with
    subqueries it reads every row."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


class Prepared(Generic[M]):
    """A queryset with places for values: call it with them, by name, and get the rows.

        PARTIES = Prepared(lambda: Party.objects.filter(IsAny(F("case"), Given("cases", IDS))))
        PARTIES(cases=[1, 2])

    The rows are model instances with all that select_related() and annotate() bring. Prefetches
    are not followed, and the queryset must name all its columns the same way every time.
    """

    def __init__(self, build: Callable[[], QuerySet[M]], *, planned: bool = True) -> None:
        """`planned=False` where the values decide the way to the rows: planned each time."""
        self._build, self._planned = build, planned
        self._written: tuple[Question, _Reader[M]] | None = None

    def __call__(self, **given: Any) -> list[M]:
        """Ask. Raises KeyError when a value is missing."""
        try:
            question, reader = self._written or self._write()
        except EmptyResultSet:  # whatever is given, no row can answer
            return []
        connection: Any = connections[reader.db]
        if self._planned:
            return reader.made_of(ask(connection, question, given), connection)
        return reader.made_of(fetch(connection, *question.filled(given)), connection)

    def first(self, **given: Any) -> M | None:
        """The first row, if there is one; the queryset should ask for no more."""
        return next(iter(self(**given)), None)

    def sql(self, **given: Any) -> tuple[str, tuple[Any, ...]]:
        """The SQL and its parameters, to stand inside another statement.

        Raises EmptyResultSet, as Django does, when no row can ever answer.
        """
        question, _ = self._written or self._write()
        return question.filled(given)

    def _write(self) -> tuple[Question, _Reader[M]]:
        queryset = self._build()
        compiler = queryset.query.get_compiler(using=queryset.db)
        question = Question(*compiler.as_sql())
        self._written = question, _Reader(queryset, compiler)
        return self._written


class _Reader(Generic[M]):
    """Makes model instances of the rows of one question, as Django's `ModelIterable` does.

    What that works out for each asking is the same each time: which column is whose, and what
    makes Python's values of the database's.
    """

    def __init__(self, queryset: QuerySet[M], compiler: SQLCompiler) -> None:
        if queryset._iterable_class is not ModelIterable:
            raise TypeError("only rows of a model are prepared, no values()")
        self.db = queryset.db
        info: Any = compiler.klass_info
        columns = info["select_fields"]
        self._model: type[M] = info["model"]
        self._own = slice(columns[0], columns[-1] + 1)
        self._names = [column.target.attname for column, _, _ in compiler.select[self._own]]
        related: Any = get_related_populators  # the stubs are of a later Django
        self._related = related(info, compiler.select, self.db)
        self._annotations = list(compiler.annotation_col_map.items())
        converters = compiler.get_converters([column for column, _, _ in compiler.select])
        self._converters = list(converters.items())

    def made_of(self, rows: Iterable[Sequence[Any]], connection: Any) -> list[M]:
        return [self._made(list(row), connection) for row in rows]

    def _made(self, row: list[Any], connection: Any) -> M:
        for position, (converters, column) in self._converters:
            for convert in converters:
                row[position] = convert(row[position], column, connection)
        made = self._model.from_db(self.db, self._names, row[self._own])
        for related in self._related:
            related.populate(row, made)
        for name, position in self._annotations:
            setattr(made, name, row[position])
        return made


class Written(Generic[M]):
    """Querysets whose SQL and values are all known from a key: written once for each key.

        FIRST_PAGES = Written[Case](most=1000)
        FIRST_PAGES.rows(lambda: Case.objects.filter(center=center_id)[:26], key=center_id)

    The key must hold everything that the queryset is made of. The latest `most` are kept.
    """

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._kept: dict[Hashable, Prepared[M]] = {}
        self._lock = Lock()

    def rows(self, build: Callable[[], QuerySet[M]], *, key: Hashable) -> list[M]:
        """Ask; `build` is only called for a key that is not known."""
        with self._lock:
            prepared = self._kept.pop(key, None) or Prepared(build)
            self._kept[key] = prepared  # to the end: asked for just now
            if len(self._kept) > self._most:
                self._kept.pop(next(iter(self._kept)))
        return prepared()


def grouped(rows: Iterable[M], by: str) -> dict[Any, list[M]]:
    """The rows by the value of that attribute, each group in the order they came."""
    found: dict[Any, list[M]] = {}
    for row in rows:
        found.setdefault(getattr(row, by), []).append(row)
    return found


Take = Callable[[Model, BaseDatabaseWrapper], Any]
# Of these the driver takes what a row has as it is.
_AS_IT_IS = (
    *(CharField, TextField, BooleanField, BigAutoField, ForeignKey),
    *(IntegerField, BigIntegerField, PositiveIntegerField, PositiveSmallIntegerField),
)


def _take(field: Field[Any, Any], *, add: bool) -> Take:
    """How the value of a column comes from a row."""

    def prepared(row: Model, connection: BaseDatabaseWrapper) -> Any:
        value = field.pre_save(row, add=add)
        return None if value is None else field.get_db_prep_save(value, connection)

    def as_it_is(row: Model, connection: BaseDatabaseWrapper) -> Any:
        return getattr(row, field.attname)

    return as_it_is if type(field) in _AS_IT_IS else prepared


Statement = tuple[str, Sequence[Any]]  # SQL and what stands in its places


def insert(*groups: Sequence[Model], beside: Sequence[Statement] = ()) -> None:
    """INSERT rows as `save(force_insert=True)` would, in one statement; each group of one model.

    Their ids are set. Signals of models are not sent; nobody here listens to them. The groups go
    in at once, and with them the statements `beside` them, which return nothing: none may ask by
    trigger or constraint, before the commit, for a row of another.
    """
    written = [_inserting(rows) for rows in groups if rows]
    params = [value for _, values in [*beside, *written] for value in values]
    with connections["default"].cursor() as cursor:
        sql = _one_statement([sql for sql, _ in written], [sql for sql, _ in beside])
        cursor.execute(sql, params)
        found = iter(cursor.fetchall())
    for rows in groups:
        for row in rows:
            (row.pk,) = next(found)
            row._state.adding, row._state.db = False, "default"


def update(row: Model, names: Iterable[str]) -> Statement:
    """UPDATE these fields of a row as `save(update_fields=names)` would, to stand beside an insert.

    Signals of models are not sent, and nobody looks whether the row is still there: lock it first.
    """
    takes, sql = _updating(type(row), frozenset(names))
    connection = connections["default"]
    return sql, [*(take(row, connection) for take in takes), row.pk]


@lru_cache(1000)
def _updating(model: type[Model], names: frozenset[str]) -> tuple[list[Take], str]:
    meta, quote = model._meta, connections["default"].ops.quote_name
    fields = [field for field in meta.local_concrete_fields if field.name in names]
    if len(fields) < len(names):
        raise ValueError(f"{model.__name__} has no columns for all of {sorted(names)}")
    columns = ", ".join(f"{quote(str(field.column))} = {_place_of(field)}" for field in fields)
    key = quote(str(meta.pk.column))
    takes = [_take(field, add=False) for field in fields]
    return takes, f"UPDATE {quote(meta.db_table)} SET {columns} WHERE {key} = %s"


def _place_of(field: Any) -> str:
    """What stands in SQL for a value of that field."""
    if not hasattr(field, "get_placeholder"):
        return "%s"
    place: str = field.get_placeholder(None, None, connections["default"])
    return place


def _inserting(rows: Sequence[Model]) -> tuple[str, list[Any]]:
    takes, columns, places, key = _insertion(type(rows[0]), rows[0].pk is not None)
    connection = connections["default"]
    params = [take(row, connection) for row in rows for take in takes]
    return f"{columns} VALUES {', '.join([places] * len(rows))} RETURNING {key} AS id", params


def _one_statement(inserts: Sequence[str], beside: Sequence[str]) -> str:
    if len(inserts) == 1 and not beside:
        return inserts[0]
    others = [f"beside{n} AS ({sql})" for n, sql in enumerate(beside)]
    parts = [f"part{n} AS ({sql})" for n, sql in enumerate(inserts)]
    ids = " UNION ALL ".join(f"SELECT id FROM part{n}" for n in range(len(inserts)))
    return f"WITH {', '.join([*others, *parts])} {ids}"


@lru_cache
def _insertion(model: type[Model], with_pk: bool) -> tuple[list[Take], str, str, str]:
    meta, quote = model._meta, connections["default"].ops.quote_name
    fields = [f for f in meta.local_concrete_fields if with_pk or not f.primary_key]
    names = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join(map(_place_of, fields))
    columns = f"INSERT INTO {quote(meta.db_table)} ({names})"
    return (
        [_take(field, add=True) for field in fields],
        columns,
        f"({places})",
        quote(str(meta.pk.column)),
    )
