"""The one door to the project: every command that checks or builds it is a session here.

``nox`` runs the everyday ones, ``nox -l`` lists them all, ``nox -s tests -- -k segments`` passes arguments on.
Everything runs against the installed wheel, never against the checkout.
"""

import os
import random
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "virtualenv"
nox.options.error_on_missing_interpreters = False
nox.options.sessions = ["lint", "types", "tests", "coverage", "docs"]

ROOT = Path(__file__).parent
PYPROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
PYTHONS = nox.project.python_versions(PYPROJECT)
RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"

# Keeps Python from preferring ./nps_core to the installed package.
INSTALLED_ONLY = {"PYTHONSAFEPATH": "1"}

# Each mutant runs in a fork, in which libraries with threads of their own would wait for ever.
NO_THREADS = (
    *("--ignore-glob=*frame*", "--ignore-glob=*test_file*", "--ignore-glob=*engines*", "--ignore-glob=*support*"),
    *("--ignore-glob=*test_plots*", "-k", "not (polars or arrow or duckdb or dask or ibis or outputs or threads)"),
)

ON_ALL_CORES = ["--numprocesses=auto"]


def group(name: str) -> list[str]:
    """The requirements of a dependency group; read here, because older pips cannot."""
    return list(nox.project.dependency_groups(PYPROJECT, name))


def promised() -> list[str]:
    """What the project promises to run with: its requirements, those of its extras, and the data frames."""
    extras = PYPROJECT["project"]["optional-dependencies"].values()
    return [*PYPROJECT["project"]["dependencies"], *(each for extra in extras for each in extra), *group("frames")]


def lowest(requirements: list[str]) -> list[str]:
    """The same requirements, each at the lowest version it allows."""
    return [requirement.replace(">=", "==") for requirement in requirements if ">=" in requirement]


def reveal_pyenv() -> None:
    """Let nox find the interpreters that pyenv has installed but not activated; all others still come first."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    folders = [str(folder) for python in PYTHONS for folder in pyenv.glob(f"versions/{python}.*/bin")]
    os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), *folders])


def tests_of(path: Path) -> list[str]:
    """The tests of a room, nps_core/room, and of those that use it most; all tests for a module of no room."""
    users = {"counting": ["model", "analysis", "test_cli_many.py"], "stats": ["analysis"]}
    rooms = [path.parts[1], *users.get(path.parts[1], [])]
    return [f"tests/{room}" for room in rooms if (ROOT / "tests" / room).exists()] or ["tests"]


SERVERS = {"java": "openjdk-17-jre-headless", "initdb": "postgresql"}
BROWSER = {"chromium": "chromium"}


def install_programs(session: nox.Session, wanted: dict[str, str]) -> None:
    """Install programs from the packages of Debian, unless they are here: packages by the commands they bring."""
    here = os.pathsep.join([os.environ.get("PATH", os.defpath), *map(str, Path("/usr/lib/postgresql").glob("*/bin"))])
    missing = [package for command, package in wanted.items() if shutil.which(command, path=here) is None]
    if missing:
        session.run("apt-get", "install", "--yes", "--no-install-recommends", *missing, external=True)


reveal_pyenv()


@nox.session(python=list(dict.fromkeys([*PYTHONS, RUNNING])))
def tests(session: nox.Session) -> None:
    """Run the tests on every supported Python that is here, and say which are not."""
    session.install(".[all]", *group("tests"))
    session.run("pytest", *ON_ALL_CORES, *session.posargs, env=INSTALLED_ONLY)


@nox.session(python=PYTHONS[0])
def minimums(session: nox.Session) -> None:
    """Run the tests with the lowest versions that pyproject.toml allows."""
    session.install(".[all]", *lowest(promised()), *group("tests"))
    session.run("pytest", *ON_ALL_CORES, *session.posargs, env=INSTALLED_ONLY)


@nox.session
def coverage(session: nox.Session) -> None:
    """Run the tests and fail below full branch coverage."""
    session.install(".[all]", *group("tests"))
    session.run("pytest", "--cov", *ON_ALL_CORES, *session.posargs, env=INSTALLED_ONLY)


@nox.session
def engines(session: nox.Session) -> None:
    """Count in real engines (Spark, Dask, Postgres, ...), which the tests start; workers are killed in the middle."""
    session.install(".[all]", *group("engines"))
    install_programs(session, SERVERS)
    session.run("pytest", "tests/backends", *session.posargs, env=INSTALLED_ONLY)


@nox.session
def browser(session: nox.Session) -> None:
    """Open the pages that the library makes in a real browser, without a window."""
    session.install(".[all]", *group("tests"))
    install_programs(session, BROWSER)
    session.run("pytest", "tests/test_browser.py", *session.posargs, env=INSTALLED_ONLY)


@nox.session
def types(session: nox.Session) -> None:
    """Check the types with mypy and pyright, and that every public name has one."""
    session.install(".[all]", *group("types"))
    typing_tests = ["tests/typing"] if (ROOT / "tests" / "typing").exists() else []
    session.run("mypy", "nps_core", *typing_tests)
    session.run("pyright", "nps_core", *typing_tests)
    session.chdir(session.create_tmp())  # away from the checkout, so that the wheel is looked at
    session.run("pyright", "--verifytypes", "nps_core", "--ignoreexternal")


@nox.session(python=PYTHONS[0])
@nox.parametrize("versions", ["lowest", "newest"])
def downstream(session: nox.Session, versions: str) -> None:
    """Check and run a project that depends on the built wheel, with the lowest versions allowed and the newest."""
    folder = Path(session.create_tmp()).resolve() / "wheel"
    shutil.rmtree(folder, ignore_errors=True)
    session.install(*group("build"))
    session.run("python", "-m", "build", "--wheel", "--outdir", str(folder), silent=True)
    [wheel] = folder.glob("*.whl")
    pinned = lowest(promised()) if versions == "lowest" else []
    session.install("--no-deps", "--force-reinstall", str(wheel))  # pip would keep an older wheel of the same version
    session.install(f"nps_core[all] @ {wheel.as_uri()}", "./tests/downstream", *pinned, *group("types"))

    session.chdir("tests/downstream")  # its own settings, and away from the checkout
    session.run("mypy")
    session.run("pyright")
    session.run("pytest", *session.posargs, env=INSTALLED_ONLY)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and formatting; ``nox -s lint -- --fix`` repairs what it can."""
    session.install(*group("lint"))
    fix = "--fix" in session.posargs
    session.run("ruff", "check", *(["--fix"] if fix else []))
    session.run("ruff", "format", *([] if fix else ["--check"]))


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation; every warning is an error."""
    session.install(".[all]", *group("docs"))
    session.run("sphinx-build", "-W", "--keep-going", "-n", "-E", "-b", "html", "docs", "build/docs")
    session.run("python", "docs/running.py", "build/docs/notebooks", silent=True)
    session.log("open build/docs/index.html to read it")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure what the documentation claims about speed; takes files of benchmarks/, and --quick for a trial."""
    session.install(".[all]", *group("bench"))
    names_files = any((ROOT / argument.partition("::")[0]).exists() for argument in session.posargs)
    session.run("pytest", *([] if names_files else ["benchmarks"]), *session.posargs, env=INSTALLED_ONLY)
    session.run("python", "benchmarks/harness/report.py", *["--quick"] * ("--quick" in session.posargs))


@nox.session(name="bench-engines")
def bench_engines(session: nox.Session) -> None:
    """Measure counting in engines beside their own queries; ``--quick`` for a trial, ``--rows N`` for another size."""
    session.install(".[all]", *group("bench-engines"))
    install_programs(session, SERVERS)
    session.run("pytest", "benchmarks/engines", *session.posargs, env=INSTALLED_ONLY)
    session.run("python", "benchmarks/harness/engine_report.py", *["--quick"] * ("--quick" in session.posargs))


def workshop_for(session: nox.Session, paths: list[Path], own_tests: list[str]) -> Path:
    """A copy of the project to be changed: the checkout stays as it is."""
    workshop = Path(session.create_tmp()).resolve() / "workshop"
    shutil.rmtree(workshop, ignore_errors=True)
    for folder in ("nps_core", "tests", "docs"):
        shutil.copytree(ROOT / folder, workshop / folder, ignore=shutil.ignore_patterns("__pycache__"))
    only = [path.as_posix() if path.suffix else f"{path.as_posix()}/*" for path in paths]
    pyproject = (ROOT / "pyproject.toml").read_text("utf-8")
    pyproject += f"[tool.mutmut]\nsource_paths = ['nps_core']\nonly_mutate = {only}\nalso_copy = ['docs']\n"
    pyproject += "timeout_multiplier = 3.0\n"
    pyproject += f"pytest_add_cli_args_test_selection = {own_tests}\npytest_add_cli_args = {list(NO_THREADS)}\n"
    (workshop / "pyproject.toml").write_text(pyproject, "utf-8")
    return workshop


def unnoticed(python: Path, mutants: Path, own_tests: list[str], names: list[str]) -> list[str]:
    """The changes that no test notices in a process of its own, where libraries with threads can be used, too."""

    def passes(name: str) -> bool:
        environment = {**os.environ, "HYPOTHESIS_PROFILE": "mutation", "MUTANT_UNDER_TEST": name}
        command = [python, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *own_tests]
        try:
            subprocess.run(command, check=True, cwd=mutants, env=environment, capture_output=True, timeout=900)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            return False  # an endless loop is noticed, too
        return True

    if names and not passes(""):
        raise RuntimeError("the tests must pass without any change")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [name for name, went_unnoticed in zip(names, pool.map(passes, names), strict=True) if went_unnoticed]


@nox.session
def mutation(session: nox.Session) -> None:
    """Change the code in small ways: do the room's own tests notice? Takes paths; ``--sample 300`` tries 300."""
    session.install(".[all]", *group("mutation"))
    posargs, sample = list(session.posargs), 0
    if "--sample" in posargs:
        place = posargs.index("--sample")
        _, number = posargs[place : place + 2]
        posargs, sample = posargs[:place] + posargs[place + 2 :], int(number)
    paths = [Path(path) for path in posargs or ["nps_core/counting", "nps_core/stats"]]
    own_tests = sorted({each for path in paths for each in tests_of(path)})
    workshop = workshop_for(session, paths, own_tests)
    session.chdir(workshop)
    if sample:  # the changes are made, and none is tried in a fork
        session.run("mutmut", "run", "none of them", success_codes=[0, 1], silent=True)
    else:
        session.run("mutmut", "run", env={"HYPOTHESIS_PROFILE": "mutation"})
    results = str(session.run("mutmut", "results", "--all", "true", silent=True, log=False)).split("\n")
    statuses = dict(line.strip().split(": ") for line in results if ": " in line)
    if not statuses:
        session.error(f"paths must hold code to change, got {[str(path) for path in paths]}")
    names = random.Random(1).sample(sorted(statuses), sample) if sample else [*statuses]

    equivalent = tomllib.loads((ROOT / "tests" / "equivalent.toml").read_text("utf-8"))["equivalent"]
    doubtful: dict[str, str] = {}
    explained = 0
    for name in names:
        if statuses[name] == "killed":
            continue
        change = str(session.run("mutmut", "show", name, silent=True, log=False))
        known = [each for each in equivalent if re.search(each["where"], name)]
        if any(re.search(each["change"], change, re.MULTILINE) for each in known):
            explained += 1
        else:
            doubtful[name] = change
    session.log(f"{len(doubtful)} changes in a process of their own, with all tests of {own_tests}")
    survivors = unnoticed(Path(session.bin) / "python", workshop / "mutants", own_tests, [*doubtful])
    session.log("\n".join(doubtful[name] for name in survivors))
    total = len(names) - explained
    session.log(f"{total - len(survivors)} of {total} changes were noticed ({1 - len(survivors) / max(total, 1):.1%})")
    session.log(f"not counted: {explained} that change nothing (tests/equivalent.toml)")


@nox.session
def fuzz(session: nox.Session) -> None:
    """Read broken inputs, ten million unless told otherwise, which are recorded; takes their number and a seed."""
    session.install(".[all]", *group("tests"))
    session.run("python", "tests/fuzzing.py", *(session.posargs or ["10_000_000"]), env=INSTALLED_ONLY)


@nox.session
def build(session: nox.Session) -> None:
    """Build the wheel and the source distribution into dist/, and look inside."""
    session.install(*group("build"))
    dist = ROOT / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", str(dist))
    session.run("twine", "check", "--strict", *map(str, dist.iterdir()))

    [wheel] = dist.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    strangers = [name for name in names if not re.match(r"nps_core(-[^/]+\.dist-info)?/", name)]
    if strangers:
        session.error(f"the wheel must hold nps_core only, got {strangers}")
    if "nps_core/py.typed" not in names:
        session.error("the wheel must hold nps_core/py.typed")
    session.log(f"{wheel.name} holds {len(names)} files: nps_core and its metadata")


@nox.session
def release(session: nox.Session) -> None:
    """Build what is to be published, if version, changelog, citation and tag agree; ``--untagged`` for a trial."""
    version = PYPROJECT["project"]["version"]
    changelog, citation = ((ROOT / name).read_text("utf-8") for name in ("CHANGELOG.md", "CITATION.cff"))
    said = {
        "CHANGELOG.md": re.findall(r"^## (\d\S*) - \d{4}-\d{2}-\d{2}$", changelog, re.MULTILINE)[:1],
        "CITATION.cff": re.findall(r"^version: (\S+)$", citation, re.MULTILINE),
    }
    if "--untagged" not in session.posargs:
        tags = str(session.run("git", "tag", "--points-at", "HEAD", external=True, silent=True)).split()
        said["the tag"] = [tag.removeprefix("v") for tag in tags if tag.startswith("v")]
    others = {where: each for where, each in said.items() if each != [version]}
    if others:
        session.error(f"all must name the version of pyproject.toml, {version}, got {others}")
    if session.run("git", "status", "--porcelain", external=True, silent=True):
        session.error("everything must be committed")
    build(session)
