def __getattr__(name):
    "The version lives in `settings.ini`; an installed package knows it"
    if name != '__version__': raise AttributeError(f"module 'hcr' has no attribute '{name}'")
    from importlib.metadata import version
    return version('hcr')
