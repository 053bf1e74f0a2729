"""Build of the native tap and of the `.pth` file that lets child interpreters start recording."""

from pathlib import Path

from setuptools import Extension, find_packages, setup
from setuptools.command.build_py import build_py
from setuptools.command.editable_wheel import editable_wheel

PTH = "causeway_autostart.pth"
AUTOSTART = "import os; (os.environ.get('CAUSEWAY_SPOOL') or os.environ.get('CAUSEWAY_ORDER')) and __import__('causeway.autostart')\n"


class BuildWithPth(build_py):
    """Puts the autostart file beside the package, where site.py reads it."""

    def run(self) -> None:
        """Copy the package, then the file."""
        super().run()
        if not self.editable_mode:
            (Path(self.build_lib) / PTH).write_text(AUTOSTART)


class EditableWithPth(editable_wheel):
    """The same for `pip install -e`."""

    def _create_wheel_file(self, bdist_wheel):
        path = super()._create_wheel_file(bdist_wheel)
        from zipfile import ZipFile

        record = next(name for name in ZipFile(path).namelist() if name.endswith(".dist-info/RECORD"))
        with ZipFile(path) as wheel:
            entries = {name: wheel.read(name) for name in wheel.namelist()}
        entries[PTH] = AUTOSTART.encode()
        entries[record] += f"{PTH},,\n".encode()
        with ZipFile(path, "w") as wheel:
            for name, data in entries.items():
                wheel.writestr(name, data)
        return path


setup(
    packages=find_packages(include=["causeway", "causeway.*"]),
    package_data={"causeway": ["*.pyi", "py.typed"]},
    ext_modules=[
        Extension(
            "causeway._tap",
            sources=[f"native/{p.name}" for p in sorted((Path(__file__).parent / "native").glob("*.c"))],
            depends=[f"native/{p.name}" for p in sorted((Path(__file__).parent / "native").glob("*.h"))],
            extra_compile_args=["-O2", "-std=c11", "-Wall", "-fvisibility=hidden"],
        )
    ],
    cmdclass={"build_py": BuildWithPth, "editable_wheel": EditableWithPth},
)
