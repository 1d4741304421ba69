"""Signing in with the browser."""

import names


async def sign_in(page, url, person):
    """Signs a person in as they would do it."""
    await page.goto(f"{url}/sign-in")
    await page.get_by_label(names.EMAIL).fill(person.email)
    await page.get_by_label(names.PASSWORD).fill(person.password)
    await page.get_by_role("button", name=names.SIGN_IN, exact=True).click()
    await page.wait_for_url(lambda address: "/sign-in" not in address)


async def storage_state(browser, url, person):
    """The cookies of a person who signed in once: contexts begin with them."""
    context = await browser.new_context()
    try:
        await sign_in(await context.new_page(), url, person)
        return await context.storage_state()
    finally:
        await context.close()


def first(people, role):
    """Somebody of a role."""
    for person in people:
        if person.role == role:
            return person
    raise SystemExit(f"The example data has nobody who is {role}")
