"""The pages that people read: view models, templates and the sentences in them.

Invariants:
- Nothing here knows the web framework: every page is a pure function from a view to HTML.
- A view of a credential is made from a verification report alone. When the verdict is
  ``invalid``, or the document was not verified, the view holds no text of the document.
- Templates escape everything, loop and branch, and decide nothing; an undefined name is an error.
- Every address from a document passes ``links.link_of`` before it becomes a link.
- No page holds an inline script or style, or an address of another site that loads by itself. One
  page runs a file of ours, which checks it; it says everything without that.
- Every fixed sentence is in ``messages/``, by its code.
"""
