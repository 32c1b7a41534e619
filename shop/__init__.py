"""The TikTok Shop side: signing, the HTTP seam, the wire, its errors and the mapping to the store's records.

Nothing here stores anything or knows a clock, a token or a queue of its own: jobs/ hands those in.
"""
