"""Exports of other systems whose columns need more than their names: what to take, and what not to."""

from dataclasses import dataclass

from .columns import plain


@dataclass(frozen=True, slots=True)
class Layout:
    """An export by the names of its columns (folded). ``signature``: those no other table has together.

    ``columns``: what means something else than it is called, or nothing ("").
    """

    system: str
    what: str
    signature: frozenset[str]
    columns: dict[str, str]

    def is_of(self, names: frozenset[str]) -> bool:
        """Whether a table with columns of these ``names`` (folded) is one."""
        return self.signature <= names


def _layout(system: str, what: str, signature: str, columns: str) -> Layout:
    pairs = (pair.partition("=") for pair in columns.split("|"))
    return Layout(
        system, what, frozenset(map(plain, signature.split("|"))),
        {plain(name): field.strip() for name, _is, field in pairs},
    )  # fmt: skip


LAYOUTS = [
    _layout(
        "Goodreads", "book", "Book Id|Author l-f|Exclusive Shelf|Bookshelves",
        "Book Id=|Author l-f=|My Rating=|Average Rating=|Date Read=|Date Added=acquired_on|Exclusive Shelf=|"
        "Bookshelves with positions=|My Review=|Spoiler=|Read Count=|Year Published=published",
    ),
    _layout(
        "LibraryThing, TinyCat", "book", "Book Id|Primary Author|Secondary Author|Publication",
        "Book Id=|Sort Character=|Secondary Author Roles=|Publication=imprint|Date=published|Review=|Rating=|"
        "Summary=|Collections=|Original Languages=|Dewey Wording=|Source=|Work id=|Lending Status=|Lending Patron=|"
        "Value=|Purchase Price=price|List Price=|Comment=|Entry Date=|Acquired=acquired_on|Media=format|BCID=|"
        "Weight=|Height=|Thickness=|Length=|Dimensions=|From Where=|Date Started=|Date Read=",
    ),
    _layout(
        "Libib", "book", "item_type|ean_isbn13|upc_isbn10",
        "item_type=|first_name=|last_name=|length=pages|number_of_discs=|number_of_players=|age_group=|ensemble=|"
        "aspect_ratio=|esrb=|rating=|review=|review_date=|status=|began=|completed=|added=acquired_on|group=|"
        "collection=location|notes=copy_note|publish_date=published",
    ),
    _layout(
        "Koha", "book", "biblionumber|title",
        "biblionumber=|biblioitemnumber=|itemnumber=|holdingbranch=|homebranch=branch|ccode=|notforloan=|onloan=|"
        "copynumber=|issn=|size=|unititle=|serial=|notes=|datecreated=|timestamp=|frameworkcode=|replacementprice=|"
        "booksellerid=|datelastseen=|datelastborrowed=|issues=|renewals=|reserves=|cn_source=|cn_sort=|"
        "location=location|copyrightdate=published|volume=|abstract=description|place=place",
    ),
    _layout(
        "Librarika", "book", "Accession No|Title|Copy No",
        "Id=|Copy No=|Accession No=barcode|Media ID=|Member No=|Category=subjects",
    ),
    _layout("Librarika", "book", "Id|Title|Authors|ISBN13|Category", "Id=|Category=subjects"),
    _layout(
        "Koha", "member", "cardnumber|surname|categorycode",
        "borrowernumber=|title=|initials=|othernames=|password=|userid=|flags=|sex=|dateofbirth=|contactname=|"
        "B_email=|B_phone=|fax=|altcontactfirstname=|sort1=group_name|sort2=|opacnote=|contactnote=|lost=|debarred=|"
        "streettype=|privacy=|lang=language",
    ),
    _layout("Librarika", "member", "Member No|Member Group", "Id=|Member No=card_number|Member Group=category|Status="),
    _layout("Koha", "loan", "borrowernumber|itemnumber|date_due", "borrowernumber=|itemnumber=|returndate=returned"),
    _layout(
        "Librarika", "loan", "Member No|ASN No|Booking Date",
        "ID=|Media ID=|Member No=card_number|ASN No=barcode|Booking Date=issued_at|Return Date=due_at|Status=state",
    ),
]  # fmt: skip
