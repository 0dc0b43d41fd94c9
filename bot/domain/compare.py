"""The web page that shows what is new between two versions, at the places where code is kept."""

from urllib.parse import quote, urlsplit

# GitHub and most others compare with `a...b` below /compare, GitLab below /-/compare; Bitbucket
# names the newer one first.
_GITLAB = "gitlab"
_BITBUCKET = "bitbucket.org"


def compare_link(repository: str | None, old: str | None, new: str) -> str | None:
    """A link to the changes from `old` to `new`; None where there is nothing to compare.

    Digests and revisions are not names that a repository knows.
    """
    if not repository or not old or old == new or any("sha256" in each for each in (old, new)):
        return None
    parts = urlsplit(repository)
    if parts.scheme != "https" or not parts.netloc:
        return None
    base = repository.removesuffix("/").removesuffix(".git")
    before, after = quote(old, safe=""), quote(new, safe="")
    if parts.netloc == _BITBUCKET:
        return f"{base}/branches/compare/{after}..{before}"
    if _GITLAB in parts.netloc:
        return f"{base}/-/compare/{before}...{after}"
    return f"{base}/compare/{before}...{after}"
