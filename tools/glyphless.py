"""The font of a searchable PDF's invisible text, `hcr/static/glyphless.ttf`: two empty glyphs, half as wide as high.

    python tools/glyphless.py       writes it again; needs fontTools, which Matplotlib brings

Characters are mapped to text by the PDF itself, so one empty glyph serves all of Unicode.
"""
from pathlib import Path
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

names = ['.notdef', 'empty']
font = FontBuilder(1000, isTTF=True)
font.setupGlyphOrder(names)
font.setupCharacterMap({32: 'empty'})
font.setupGlyf({o: TTGlyphPen(None).glyph() for o in names})
font.setupHorizontalMetrics({o: (500, 0) for o in names})
font.setupHorizontalHeader(ascent=800, descent=-200)
font.setupNameTable(dict(familyName='Glyphless', styleName='Regular', psName='Glyphless'))
font.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
font.setupPost()
font.font['head'].created = font.font['head'].modified = 0
font.font.recalcTimestamp = False
font.save(Path(__file__).parent.parent/'hcr/static/glyphless.ttf')
