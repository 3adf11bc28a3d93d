"""Grants: what the application role may do. The owner role migrates and runs this."""

from django.db import connections
from psycopg import sql

APPEND_ONLY = (
    "store_ledgerentry",
    "store_ledgernode",
    "store_checkpoint",
    "store_receipt",
    "store_extension",
    "store_auditentry",
    "store_cosignature",
)


def grant_to_application() -> None:
    """Grants the application role its rights; on APPEND_ONLY only SELECT and INSERT. Safe to repeat.

    Where both connections use one role (a `DATABASE_URL` alone) there is nobody to grant to; the
    triggers then stand alone.
    """
    role = str(connections["default"].settings_dict["USER"])
    owner = connections["owner"]
    if role == owner.settings_dict["USER"]:
        return
    name = sql.Identifier(role)
    tables = sql.SQL(", ").join(map(sql.Identifier, APPEND_ONLY))
    statements = [
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(name),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(name),
        sql.SQL("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {}").format(name),
        sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(tables, name),
    ]
    with owner.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
