"""A real browser before a real server.

Playwright's `wait_for_function` needs eval, which our Content-Security-Policy forbids: wait with
`expect(locator)`. A live screen is ready at `expect(page.locator("[data-live=open]"))`, never after
a sleep.
"""
