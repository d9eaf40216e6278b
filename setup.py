"Everything `pyproject.toml` calls dynamic, read from `settings.ini`."
from configparser import ConfigParser
from pathlib import Path

from setuptools import find_namespace_packages, setup

here = Path(__file__).parent
ini = ConfigParser(interpolation=None)
ini.read(here/'settings.ini', encoding='utf-8')
cfg = ini['DEFAULT']

def lines(key): return cfg[key].split('\n')[1:]

train = lines('train_requirements')
app = lines('app_requirements')
documents = lines('documents_requirements')
completion = lines('completion_requirements')
hub = lines('hub_requirements')
notebooks = train+app+lines('notebooks_requirements')
distributed = lines('distributed_requirements')
ray = lines('ray_requirements')
dev = notebooks+distributed+documents+completion+hub+lines('dev_requirements')

setup(
    name=cfg['lib_name'], version=cfg['version'], description=cfg['description'], keywords=cfg['keywords'].split(),
    long_description=(here/'README.md').read_text(encoding='utf-8'), long_description_content_type='text/markdown',
    author=cfg['author'], license_expression=cfg['license'], license_files=['LICENSE'],
    classifiers=[f"Development Status :: {cfg['status']}", 'Intended Audience :: Developers', 'Intended Audience :: Education',
                 'Topic :: Scientific/Engineering :: Image Recognition', 'Programming Language :: Python :: 3 :: Only']
        +[f'Programming Language :: Python :: {v}' for v in cfg['python_versions'].split()],
    python_requires=f">={cfg['min_python']}", install_requires=lines('requirements'),
    extras_require=dict(train=train, tf=train+lines('tf_requirements'), distributed=train+distributed, ray=ray, app=app,
                        documents=documents, completion=completion, hub=hub, log=train+lines('log_requirements'),
                        notebooks=notebooks, dev=dev, docs=dev+lines('docs_requirements')),
    packages=find_namespace_packages(include=['hcr', 'hcr.*'], exclude=['*.__pycache__']), # `weights` and `static` hold no Python
    package_data={'hcr.weights': ['*'], 'hcr.static': ['*']},
    entry_points=dict(console_scripts=cfg['console_scripts'].split()))
