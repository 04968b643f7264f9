from __future__ import annotations

from pathlib import Path

import pytest

from schemadiff.catalog.scope import Scope
from schemadiff.cli.settings import Flags, Settings, settings_of
from schemadiff.core.errors import ConfigError

CONFIG = """\
schemas: db/schemas
layout: by-schema
lock_timeout: 5s
allow: [drop-column:public.tmp_*]
env: dev
environments:
  dev: postgresql://localhost/dev
  prod:
    url_env: PROD_URL
    shadow: postgresql://${SHADOW_HOST}/x
    allow: drop-table:old_*
    lock_timeout: 1s
scope:
  schemas: [app, public]
  exclude: "table:app.tmp_*"
"""


def settings(*flags: Flags, config: str | None = None, **variables: str) -> Settings:
    if config is not None:
        Path("schemadiff.yaml").write_text(config)
    return settings_of(flags[0] if flags else Flags(), variables)


def refusal(*flags: Flags, config: str | None = None, **variables: str) -> str:
    with pytest.raises(ConfigError) as caught:
        settings(*flags, config=config, **variables)
    return str(caught.value)


def test_without_anything_it_is_the_embedded_server_and_the_folder_schemas(bare: Path) -> None:
    found = settings()
    assert found.target.url is None
    assert found.schemas == Path("schemas")
    assert (found.layout, found.allow, found.lock_timeout) == ("by-table", (), None)
    assert found.scope.everything


def test_the_file_says_the_rest(bare: Path) -> None:
    found = settings(config=CONFIG)
    assert found.schemas == Path("db/schemas")
    assert found.layout == "by-schema"
    assert found.lock_timeout == "5s"
    assert found.target.url == "postgresql://localhost/dev"
    assert found.scope == Scope(("app", "public"), (), ("table:app.tmp_*",))


def test_paths_in_the_file_are_relative_to_it(bare: Path) -> None:
    (bare / "conf").mkdir()
    (bare / "conf" / "s.yaml").write_text("schemas: here\n")
    assert settings(Flags(config=Path("conf/s.yaml"))).schemas == Path("conf/here")
    assert settings(SCHEMADIFF_CONFIG="conf/s.yaml").schemas == Path("conf/here")


def test_variables_go_before_the_file_and_flags_before_both(bare: Path) -> None:
    variables = {"SCHEMADIFF_SCHEMAS": "b", "SCHEMADIFF_LAYOUT": "single"}
    found = settings(config=CONFIG, **variables, SCHEMADIFF_LOCK_TIMEOUT="9s")
    assert (found.schemas, found.layout, found.lock_timeout) == (Path("b"), "single", "9s")
    flags = Flags(schemas=Path("c"), layout="by-table", lock_timeout="2s")
    found = settings(flags, **variables, SCHEMADIFF_LOCK_TIMEOUT="9s")
    assert (found.schemas, found.layout, found.lock_timeout) == (Path("c"), "by-table", "2s")


def test_which_database_it_is(bare: Path) -> None:
    Path("schemadiff.yaml").write_text(CONFIG)
    urls = {"PROD_URL": "postgresql://prod/x", "SHADOW_HOST": "s"}
    everything = {
        "PGHOST": "h",
        "DATABASE_URL": "d",
        "SCHEMADIFF_DB": "s",
        "SCHEMADIFF_ENV": "prod",
        **urls,
    }
    assert settings(Flags(db="flag"), **everything).target.url == "flag"
    assert settings(Flags(env="prod"), **everything).target.url == "postgresql://prod/x"
    assert settings(**everything).target.url == "s"
    del everything["SCHEMADIFF_DB"]
    assert settings(**everything).target.url == "postgresql://prod/x"
    del everything["SCHEMADIFF_ENV"]
    assert settings(**everything).target.url == "d"
    del everything["DATABASE_URL"]
    assert settings(**everything).target.url == ""  # what libpq finds by itself
    del everything["PGHOST"]
    assert settings(**everything).target.url == "postgresql://localhost/dev"


@pytest.mark.parametrize("name", ["PGHOST", "PGSERVICE", "PGDATABASE", "PGPORT", "PGUSER"])
def test_any_variable_of_libpq_means_its_database(bare: Path, name: str) -> None:
    assert settings(**{name: "x"}).target.url == ""


def test_an_environment_brings_its_own_settings(bare: Path) -> None:
    found = settings(
        Flags(env="prod", allow=("drop-type:x",)),
        config=CONFIG,
        PROD_URL="postgresql://prod/x",
        SHADOW_HOST="shadows",
        SCHEMADIFF_ALLOW="drop-sequence:a, drop-sequence:b",
    )
    assert found.lock_timeout == "1s"
    assert found.shadow == "postgresql://shadows/x"
    assert found.allow == (
        "drop-column:public.tmp_*",
        "drop-table:old_*",
        "drop-sequence:a",
        "drop-sequence:b",
        "drop-type:x",
    )


def test_the_rows_are_asked_as_the_file_says(bare: Path) -> None:
    def asked(config: str, env: str | None = None, **flags: str) -> tuple[bool, str | None]:
        found = settings(Flags(env=env, **flags), config=config)  # type: ignore[arg-type]
        return found.preflight, found.preflight_timeout

    file = "preflight: 10s\nenvironments: {big: {url: x, preflight: off}, b: {url: y}}\n"
    assert asked("") == (True, None)
    assert asked(file) == asked(file, "b") == (True, "10s")
    assert asked(file, "big") == (False, None)
    assert asked(file, "big", preflight_timeout="1s") == (True, "1s")
    assert "SD013" in refusal(config="preflight: soon\n")


def test_mistakes_have_their_place(bare: Path) -> None:
    assert refusal(Flags(env="prod"), config=CONFIG).startswith("schemadiff.yaml:9:5 SD203")
    said = refusal(Flags(env="prd"), config=CONFIG)
    assert said.startswith("schemadiff.yaml:6:1 SD202")
    assert "dev, prod" in said
    said = refusal(config="layot: single\nallow: [drop-colum]\n")
    assert "schemadiff.yaml:1:1 SD011 unknown key 'layot'" in said
    assert "did you mean layout?" in said
    assert "schemadiff.yaml:2:9 SD013 no hazard is called" in said  # all mistakes at once
    assert "SD203" in refusal(Flags(env="a"), config="environments: {a: {}}\n")
    assert "there.yaml" in refusal(Flags(config=Path("there.yaml")))


def test_mistakes_of_flags_and_variables_name_them(bare: Path) -> None:
    assert "--allow" in refusal(Flags(allow=("drop-colum:x",)))
    assert "SCHEMADIFF_LAYOUT" in refusal(SCHEMADIFF_LAYOUT="by-moon")
    assert "--lock-timeout" in refusal(Flags(lock_timeout="soon"))
    assert "--preflight-timeout" in refusal(Flags(preflight_timeout="soon"))
    assert "exclude each other" in refusal(Flags(db="a", env="b"))


@pytest.mark.parametrize(
    "url", ["postgresql://me:s3cret@host/db", "host=h password=s3cret", "host=h password = s3cret"]
)
def test_a_password_has_no_place_in_the_file(bare: Path, url: str) -> None:
    said = refusal(Flags(env="prod"), config=f"environments:\n  prod: {{url: '{url}'}}\n")
    assert said.startswith("schemadiff.yaml:2:10 SD203")
    assert "s3cret" not in said


def test_a_password_may_come_from_a_variable(bare: Path) -> None:
    config = "environments: {prod: {url: 'postgresql://me:${PW}@host/db'}}\n"
    found = settings(Flags(env="prod"), config=config, PW="s3cret")
    assert found.target.url == "postgresql://me:s3cret@host/db"
