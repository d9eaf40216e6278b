"How Sphinx renders the site (see `build.py`)"
from docutils.nodes import SkipNode
from latex2mathml.converter import convert

project, copyright = 'hcr', 'the hcr developers'
extensions = ['myst_nb', 'sphinx_copybutton']
html_theme = 'pydata_sphinx_theme'
html_title, html_math_renderer = 'hcr', 'mathml'
html_static_path, html_css_files, html_favicon = ['static'], ['site.css'], 'static/favicon.svg'
html_theme_options, html_context = dict(header_links_before_dropdown=6), dict(default_mode='auto')
html_copy_source = html_show_sourcelink = False # each page has a link to its notebook
nb_execution_mode = 'off'
myst_enable_extensions = ['dollarmath', 'deflist', 'attrs_inline']
myst_heading_anchors = 3
html_sidebars = {o: [] for o in ('install', 'try', 'faq', 'cli', 'gallery', 'benchmarks', 'changelog')} # single pages

def as_mathml(display):
    "What writes formulas that browsers draw by themselves, without a script from elsewhere"
    def write(self, node):
        self.body.append(convert(node.astext(), display=display))
        raise SkipNode
    return write

def setup(app): app.add_html_math_renderer('mathml', (as_mathml('inline'), None), (as_mathml('block'), None))
