"""The token page of the returns folder, taken for the exchange of a code as AccessToken does it.

Source: navigation of the vendor docs page 2026-06-17, which has the page's name and no more.
"""

from ..oauth import oauth_access_token

RULES = oauth_access_token.RULES
handle = oauth_access_token.handle
