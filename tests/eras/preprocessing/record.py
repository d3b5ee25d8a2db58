"""``python tests/eras/preprocessing/record.py``, with tf-keras: what each row gives there, into ``recorded.json``."""

import json
import runpy
import tempfile
import warnings
from pathlib import Path

HERE = Path(__file__).parent
ROWS = runpy.run_path(str(HERE / "rows.py"))


def main() -> None:
    from tf_keras import preprocessing

    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        pictures = ROWS["picture_folder"](Path(folder) / "pictures")
        found = {name: ROWS["digest"](ROWS["perform"](call, preprocessing)) for name, call in ROWS["rows"](pictures)}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(row)}" for name, row in found.items())
    (HERE / "recorded.json").write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    print(f"{len(found)} rows")


if __name__ == "__main__":
    main()
