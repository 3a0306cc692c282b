"""How each typed answer is read; nothing here tells whether it is right."""

from studentkit.answersheet import define_public

define_public(globals())
