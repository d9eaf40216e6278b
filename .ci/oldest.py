"""Print the lowest version that settings.ini allows of each package, as a constraints file for pip.

    python .ci/oldest.py > oldest.txt && pip install -c oldest.txt -e ".[dev]"
"""
import configparser, re
from pathlib import Path

ini = configparser.ConfigParser(interpolation=None)
ini.read(Path(__file__).resolve().parent.parent/'settings.ini', encoding='utf-8')
for key, value in ini['DEFAULT'].items():
    if not key.endswith('requirements') or key == 'tf_requirements': continue
    for name, version in re.findall(r'^([\w-]+)>=([\w.]+)', value, re.M): print(f'{name}=={version}')
