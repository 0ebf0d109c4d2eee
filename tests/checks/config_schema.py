#!/usr/bin/env python3
"""The JSON Schema of the configuration is that of the program, and both say the same of good and bad configurations.

The sample with every key is taken apart by the schema itself: each key once with a wrong value, each mapping once with an
unknown key, each required key once missing. A key that the schema has and no reader reads is found that way too. Then what
`check-config --print-effective` prints: no secret, right for both, and the same when it is read again.

usage: config_schema.py PROGRAM
"""
from __future__ import annotations

import copy
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Iterator

import jsonschema
import yaml

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "deploy/kpistream.schema.json"
SAMPLES = ("deploy/kpistream.example.yml", "deploy/compose/kpistream.yml", "deploy/package/kpistream.yml")
PAGES = ("README.md", "docs/backup.md", "docs/configuration.md", "docs/page.md", "docs/page.ru.md")
SECRETS = ["canary-token-one", "canary-token-two", "canary-rest-url", "canary-hook-secret", "canary-long-lived"]
PORTAL = "portals:\n  acme:\n    crm: bitrix24\n    application_tokens: [x]\n"

# What an editor should refuse as the program does; each is laid over a right configuration of one Bitrix24 portal.
BAD = {
    "no portals": "portals:",
    "unknown key": PORTAL + "listn: {}",
    "unknown key of a portal": PORTAL + "    hook_secrets: [k7Qm2xVp9sLt4ZcR]",
    "unknown crm": "portals: {acme: {crm: bitrix}}",
    "no crm": "portals: {acme: {application_tokens: [x]}}",
    "nothing behind crm": "portals: {acme: {crm: }}",
    "name of a portal": "portals: {Acme: {crm: bitrix24, application_tokens: [x]}}",
    "nothing in a portal": "portals: {acme: }",
    "text for a mapping": PORTAL + "listen: 10480",
    "a list for a text": PORTAL + "    zone: [Europe/Moscow]",
    "no port": PORTAL + "listen: {hook: localhost}",
    "no port in a list": PORTAL + "listen: {admin: ['127.0.0.1:1', localhost]}",
    "no bot": PORTAL + "report: {telegram: {chat_id: 5, bot_token: bot}}",
    "no chat": PORTAL + "report: {telegram: {bot_token: '7:x'}}",
    "out of words": PORTAL + "log: {level: verbose}",
    "no duration": PORTAL + "retention: {raw: 30}",
    "no size": PORTAL + "storage: {free_bytes_min: 128MB}",
    "too small": PORTAL + "export: {max_series: 10}",
    "no number": PORTAL + "backup: {keep: seven}",
    "a fraction": PORTAL + "backup: {keep: 1.5}",
    "no truth": PORTAL + "kpis: {hold: maybe}",
    "yes": PORTAL + "kpis: {hold: yes}",
    "no path": PORTAL + "backup: {path: backups}",
    "no schedule": PORTAL + "periods: {mine: {keep: 3}}",
    "a secret twice": PORTAL + "    application_tokens_file: SECRET",
    "a secret that has to stand apart": PORTAL + "    application: {portal: https://acme.bitrix24.ru, client_id: a, client_secret_file: SECRET}",
    "a day of the week": PORTAL + "    work: {hours: {monday: '09:00-18:00'}}",
    "hours": PORTAL + "    work: {hours: {mon: nine to six}}",
    "a holiday": PORTAL + "    work: {holidays: [04.11.2026]}",
    "a currency": PORTAL + "    rates: {usd: {2026-01-01: 91.5}}",
    "a rate": PORTAL + "    rates: {USD: {2026-01-01: much}}",
    "a target of nothing": PORTAL + "    targets: [{value: 5}]",
    "a target as text": PORTAL + "    targets: [revenue]",
    "a threshold": PORTAL + "    alerts: {drop_ratio: 7}",
    "tag as a field": PORTAL + "    fields: {tag: UF_CRM_TAG}",
    "a moment without an offset": PORTAL + "    known_since: 2026-09-01",
    "written twice": PORTAL + "log: {level: info}\nlog: {level: warn}",
}


class Loader(yaml.SafeLoader):
    """YAML as editors read it, version 1.2: no dates, no yes and no, keys are text and stand once."""


Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in (("null", r"^(~|null|Null|NULL|)$", ["~", "n", "N", ""]),
                            ("bool", r"^(true|True|TRUE|false|False|FALSE)$", list("tTfF")),
                            ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
                            ("float", r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", list("-+.0123456789"))):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)


def mapping(loader: Loader, node: yaml.MappingNode) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        if key.value in found:
            raise yaml.YAMLError(f"{key.value} stands here twice")
        found[key.value] = loader.construct_object(value, deep=True)
    return found


def integer(_: Loader, node: yaml.ScalarNode) -> int:
    return int(node.value)


Loader.add_constructor("tag:yaml.org,2002:map", mapping)
Loader.add_constructor("tag:yaml.org,2002:int", integer)


class Judges:
    def __init__(self, program: str, folder: Path) -> None:
        self.program, self.folder, self.count = program, folder, 0
        self.schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
        self.validator = jsonschema.Draft7Validator(self.schema)
        self.secret = self.secret_named("secret")
        (folder / "kpis.yml").write_text("kpis: {}\n", encoding="utf-8")

    def secret_named(self, name: str) -> Path:
        """A file with a secret of its own; that of a bot is a number and one."""
        path = self.folder / name
        path.write_text("7:" * name.startswith("bot.") + "k7Qm2xVp9sLt4ZcR" + re.sub(r"\W", "", name) + "\n", encoding="utf-8")
        path.chmod(0o600)
        return path

    def local(self, text: str) -> str:
        """With files that are there in the place of those of a real machine."""
        text = text.replace("/etc/kpistream/kpis.yml", str(self.folder / "kpis.yml"))
        return re.sub(r"/etc/kpistream/(?:[\w-]+/)*([\w.-]+)", lambda match: str(self.secret_named(match[1])), text)

    def by_schema(self, text: str) -> list[str]:
        try:
            document = json.loads(text) if text.startswith("{") else yaml.load(text, Loader)
            errors = list(self.validator.iter_errors(document))
        except yaml.YAMLError as error:
            return [str(error)]
        return ["/".join(map(str, error.absolute_path)) + ": " + error.message[:200] for error in errors]

    def by_program(self, text: str, *more: str, env: dict[str, str] | None = None) -> tuple[list[str], str]:
        self.count += 1
        with tempfile.NamedTemporaryFile("w", dir=self.folder, suffix=".yml", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            done = subprocess.run([self.program, "check-config", "--config.file", file.name, *more], capture_output=True, text=True,
                                  check=False, env={**os.environ, **(env or {})})
        return ([] if done.returncode == 0 else done.stderr.splitlines() or ["it ended"]), done.stdout

    def accept(self, name: str, text: str, env: dict[str, str] | None = None) -> Iterator[str]:
        yield from (f"{name}: the schema refuses: {error}" for error in self.by_schema(text))
        yield from (f"{name}: the program refuses: {error}" for error in self.by_program(text, env=env)[0])

    def refuse(self, name: str, text: str) -> Iterator[str]:
        if not self.by_schema(text):
            yield f"{name}: the schema takes it"
        if not self.by_program(text)[0]:
            yield f"{name}: the program takes it"


# ---- good ones

def blocks(page: str) -> Iterator[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    yield from re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def good(judges: Judges) -> Iterator[str]:
    for sample in SAMPLES:
        text = (ROOT / sample).read_text(encoding="utf-8")
        if not text.startswith("# yaml-language-server: $schema="):
            yield f"{sample}: does not begin with its schema"
        text = re.sub(r"^# (portals:|  acme:|    \w+: .*)$", r"\1", text, flags=re.MULTILINE)
        yield from judges.accept(sample, judges.local(text))
    for page in PAGES:
        whole = [block for block in blocks(page) if not block.startswith(" ") and not re.match(r"kpis:\n", block)]
        yield from (error for block in whole
                    for error in judges.accept(page, judges.local(block if "portals:" in block else PORTAL + block)))
        parts = [block for block in blocks(page) if block.startswith("    ")]
        bitrix24 = PORTAL + "".join(part for part in parts if "redirect_uri" not in part)
        amocrm = "".join("  demo:\n    crm: amocrm\n    hook_secrets: [k7Qm2xVp9sLt4ZcR]\n    account_id: '7'\n" + part
                         for part in parts if "redirect_uri" in part)
        yield from judges.accept(f"{page}, of a portal", judges.local(bitrix24 + amocrm))


def complete(judges: Judges) -> Any:
    """The sample with every key, and with an application of either CRM."""
    document = yaml.load(judges.local((ROOT / SAMPLES[0]).read_text(encoding="utf-8")), Loader)
    secret, portals = str(judges.secret), document["portals"]
    portals["shop"] = copy.deepcopy(portals["acme"])
    del portals["shop"]["rest_url_file"]
    del portals["shop"]["hook_path"]
    portals["shop"]["application"] = {"portal": "https://acme.bitrix24.ru", "client_id_file": secret, "client_secret_file": secret,
                                      "oauth_url": "https://oauth.bitrix24.tech", "refresh_token_file": secret,
                                      "handler_url": "https://kpi.example.com/hook/bitrix24/acme"}
    for name, first in (("kommo", "code_file"), ("kommo-two", "refresh_token_file")):
        portals[name] = copy.deepcopy(portals["demostroy"])
        del portals[name]["token_file"]
        portals[name]["application"] = {"client_id_file": secret, "client_secret_file": secret,
                                        "redirect_uri": "https://kpi.example.com/", first: secret}
    return document


def written(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False)


def with_variables(judges: Judges) -> Iterator[str]:
    """A variable in the place of every single value, whatever its kind."""
    env: dict[str, str] = {}

    def changed(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: changed(each) if key != "crm" and each != "off" else each for key, each in value.items()}
        if isinstance(value, list):
            return [changed(each) for each in value]
        name = f"KPISTREAM_TEST_{len(env)}"
        env[name] = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
        return "${" + name + "}"

    yield from judges.accept("variables", written(changed(complete(judges))), env)


# ---- bad ones

Path_ = tuple[Any, ...]


def shape_of(schema: Any, document: Any) -> Any:
    """The schema of a mapping, or of the case that it is."""
    for rule in schema.get("allOf", []):
        if "if" in rule and jsonschema.Draft7Validator(rule["if"]).is_valid(document):
            return rule["then"]
    return schema


def places(schema: Any, document: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any, Any]]:
    """Every mapping of a document whose keys are told: where it is, its schema, and itself."""
    if isinstance(document, list):
        for index, item in enumerate(document):
            yield from places(schema["items"], item, (*path, index))
    if not isinstance(document, dict):
        return
    shape = shape_of(schema, document)
    if "properties" in shape:
        yield path, shape, document
    for key, value in document.items():
        inner = shape.get("properties", {}).get(key, shape.get("additionalProperties"))
        if isinstance(inner, dict) and isinstance(value, (dict, list)) and ("properties" in inner or "items" in inner or "additionalProperties" in inner):
            yield from places(inner, value, (*path, key))


def changed_at(document: Any, path: Path_, change: Any) -> str:
    document = copy.deepcopy(document)
    place = document
    for step in path:
        place = place[step]
    change(place)
    return written(document)


def put(key: str, value: Any) -> Any:
    def change(place: Any) -> None:
        place.pop(key + "_file", None)
        place.pop(key.removesuffix("_file"), None)
        place[key] = value
    return change


def wrong_values(schema: Any) -> Iterator[Any]:
    types = schema.get("type", [])
    scalar = "string" in types or "anyOf" in schema
    yield {"x": 1} if scalar or "array" in types else 7
    if scalar and "array" not in types and "pattern" not in schema and "anyOf" not in schema:
        yield ["x", "y"]
    if "pattern" in schema or "anyOf" in schema:
        yield "?!"
    if "maximum" in schema and "array" not in types:
        yield schema["maximum"] + 1
    if "minLength" in schema:
        yield ""


def taken_apart(judges: Judges) -> Iterator[tuple[str, str]]:
    document = complete(judges)
    seen: set[tuple[str, str]] = set()
    for path, shape, _ in places(judges.schema, document):
        title = ".".join(map(str, path))
        yield f"{title}: unknown key", changed_at(document, path, put("nonesuch", 1))
        for key in shape.get("required", []):
            yield f"{title}: without {key}", changed_at(document, path, lambda place, key=key: place.pop(key))
        for key, schema in shape["properties"].items():
            if (json.dumps(schema), key) in seen:
                continue
            seen.add((json.dumps(schema), key))
            for value in wrong_values(schema):
                yield f"{title}.{key}: {value!r}", changed_at(document, path, put(key, value))


def explained(judges: Judges) -> Iterator[str]:
    """Every key is explained in the reference, and stands in what is taken apart here."""
    page = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    known = {word for span in re.findall(r"`([^`\n]+)`", page) for word in re.findall(r"\w+", span)}
    told, used = set[str](), set[str]()
    for _, shape, place in places(judges.schema, complete(judges)):
        told |= {key.removesuffix("_file") for key in shape["properties"]}
        used |= {key.removesuffix("_file") for key in place}
    yield from (f"docs/configuration.md: does not explain {key}" for key in sorted(told) if not {key, key + "_file"} & known)
    yield from (f"{SAMPLES[0]}: has no {key}" for key in sorted(told - used))


def bad(judges: Judges) -> Iterator[str]:
    cases = [(name, text.replace("SECRET", str(judges.secret))) for name, text in BAD.items()]
    cases += list(taken_apart(judges))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for errors in pool.map(lambda case: list(judges.refuse(*case)), cases):
            yield from errors
    if len(cases) < 300:
        yield f"only {len(cases)} bad configurations were tried"


# ---- what is in force

def in_force(judges: Judges) -> Iterator[str]:
    one, two, rest, hook, token = SECRETS
    inline = f"""portals:
  acme: {{crm: bitrix24, application_tokens: [{one}, '${{KPISTREAM_TEST_TOKEN}}'], rest_url: "https://acme.bitrix24.ru/rest/1/{rest}/"}}
  demo: {{crm: amocrm, account_id: "0031", hook_secrets: {hook}, rest_url: "https://demo.amocrm.ru", token: {token},
    work: {{hours: {{mon-thu: "09:00-18:00", fri: off}}}}, managers: {{"007": {{team: "on"}}, "8": {{team: "a$$b: ${{KPISTREAM_TEST_NONE:-d}}"}}}}}}
  old: {{crm: amocrm, archived: true, counts_in: {{portal: demo}}}}
"""
    for name, text in (("the sample", written(complete(judges))), ("secrets in the file", inline), ("the least", PORTAL)):
        errors, printed = judges.by_program(text, "--print-effective", env={"KPISTREAM_TEST_TOKEN": two})
        yield from (f"{name}, in force: {error}" for error in errors)
        yield from (f"{name}, in force: shows the secret {secret}" for secret in SECRETS if secret in printed)
        yield from judges.accept(f"{name}, in force", printed)
        if judges.by_program(printed, "--print-effective")[1] != printed:
            yield f"{name}, in force: is another when it is read again"
        yield from (f"{name}, in force: has no {line}" for line in (
            '  hook: "0.0.0.0:10480"', "  raw: 30d", "  level: info", "    zone: Europe/Moscow", "      response: 15m")
            if line.replace('"', "") not in printed.replace('"', ""))
        if name == "secrets in the file" and printed.count("<secret>") != 5:
            yield f"{name}, in force: {printed.count('<secret>')} times <secret>"
    _, printed = judges.by_program(PORTAL, "--print-effective", "--storage.path", "/srv/elsewhere")
    if "  path: /srv/elsewhere\n" not in printed:
        yield "in force: the storage.path of the command line is not there"


def stale(program: str) -> Iterator[str]:
    made = subprocess.run([program, "config-schema"], capture_output=True, text=True, check=True).stdout
    if made != SCHEMA.read_text(encoding="utf-8"):
        yield f"{SCHEMA.relative_to(ROOT)} is not the program's; run: kpistream config-schema > {SCHEMA.relative_to(ROOT)}"
    jsonschema.Draft7Validator.check_schema(json.loads(made))


def main() -> int:
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        judges = Judges(program, Path(folder))
        breaches = [*stale(program), *good(judges), *with_variables(judges), *explained(judges), *bad(judges), *in_force(judges)]
    print("\n".join(breaches) or f"the schema and the program agree on {judges.count} configurations")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
