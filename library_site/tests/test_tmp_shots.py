import pytest
from circulation.models import Hold
from library_site.tests.library_in_use import PASSWORD, make_library_in_use
from library_site.tests.test_pages_in_a_browser import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


def test_shots(open_window):
    lib = make_library_in_use()
    b0, b1, b3 = (lib.books[n].pk for n in (0, 1, 3))
    pages = {
        lib.reader.username: {
            "myholds": "/me/holds/",
            "place": f"/books/{b1}/hold/",
            "noplace": f"/books/{b0}/hold/",
            "book": f"/books/{b0}/",
            "me": "/me/",
        },
        "librarian": {
            "pull": "/desk/holds/",
            "ready": "/desk/holds/?show=ready",
            "missed": "/desk/holds/?show=missed",
            "queue": f"/desk/books/{b0}/holds/",
            "queue3": f"/desk/books/{b3}/holds/",
            "slip": f"/desk/holds/{Hold.objects.ready().latest('pk').pk}/slip/",
            "member": f"/desk/members/{lib.member.pk}/",
            "return": f"/desk/return/?hold={Hold.objects.ready().latest('pk').pk}",
        },
    }
    wrong = []
    for login, paths in pages.items():
        w = open_window()
        w.sign_in(login, PASSWORD)
        for name, path in paths.items():
            wrong += look(w, path)
            for width in (1280, 360):
                w.page.set_viewport_size({"width": width, "height": 800})
                for d in w.page.locator("main details.more").all():
                    d.evaluate("d => d.open = true")
                w.page.screenshot(path=f"/tmp/holds/{name}-{width}.png", full_page=True)
            w.page.set_viewport_size({"width": 1280, "height": 800})
    assert wrong == []
