"""Tables of members: their columns by whatever names, and a row as the values of a Member."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Member
from accounts.models.members import MAY_BE_OFF
from catalog.normalize.languages import html_language, read_language_names
from catalog.normalize.text import many_lines, one_line
from catalog.tables.cells import out_of_cell
from catalog.tables.columns import CellProblem, Facts, Row, Spec, column
from catalog.tables.copies import read_code, read_day_cell
from catalog.tables.states import NO, YES

TEXTS = {"phone": 40, "group_name": 60, "category": 80}
DAYS = ("joined_on", "expires_on")
LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)


COLUMNS = (
    column("card_number", gettext_lazy("Card number"), "card|cardnumber|card no|barcode|borrower number|member id|"
           "member no|member number|membership number|patron id|patron barcode|patron number|library card|student id|"
           "student number|id number|ausweisnummer|ausweis|ausweisnr|lesernummer|leserausweis|benutzernummer|"
           "mitgliedsnummer|mitglied nr|kartennummer|schulernummer|numero de carte|n de carte|carte|"
           "numero de lecteur|numero d adherent|numero de carnet|carnet|numero de socio|codigo de lector|n de socio"),
    column("name", gettext_lazy("Name"), "full name|member name|patron name|borrower name|student name|borrower|"
           "patron|member|student|vollstandiger name|leser|schuler|mitglied|benutzer|nom complet|lecteur|adherent|"
           "eleve|nombre completo|nombre y apellidos|lector|socio|alumno"),
    column("first_name", gettext_lazy("First name"), "first name|firstname|given name|given names|forename|vorname|"
           "rufname|prenom|nombre|nombres"),
    column("last_name", gettext_lazy("Family name"), "last name|lastname|surname|family name|nachname|familienname|"
           "zuname|nom|nom de famille|apellido|apellidos"),
    column("email", gettext_lazy("E-mail"), "e mail|email address|e mail address|mail|primary email|e mail adresse|"
           "mailadresse|courriel|adresse e mail|adresse electronique|mel|correo|correo electronico"),
    column("phone", gettext_lazy("Phone"), "phone number|telephone|mobile|mobile phone|cell|cell phone|primary phone|"
           "telefon|telefonnummer|handy|mobil|mobiltelefon|tel|portable|telefono|movil|celular", is_many=True),
    column("address", gettext_lazy("Address"), "postal address|mailing address|full address|adresse|anschrift|"
           "adresse postale|direccion|domicilio"),
    column("street", gettext_lazy("Street"), "streetnumber|street number|address 1|address2|address 2|address line 1|"
           "address line 2|street address|strasse|strasse und hausnummer|hausnummer|rue|calle", is_many=True),
    column("zip", gettext_lazy("Postal code"), "zipcode|zip code|postcode|postal code|plz|postleitzahl|code postal|"
           "codigo postal|cp"),
    column("city", gettext_lazy("Town"), "town|ort|wohnort|stadt|ville|localite|ciudad|localidad|poblacion"),
    column("state", gettext_lazy("State or region"), "province|county|bundesland|kanton|departement|region|"
           "provincia"),
    column("country", gettext_lazy("Country"), "land|pays|pais"),
    column("category", gettext_lazy("Category"), "categorycode|category code|member category|member group|"
           "member type|patron type|patron category|borrower category|patron group|user type|benutzergruppe|"
           "lesergruppe|kategorie|benutzertyp|mitgliedergruppe|categorie|type de lecteur|categoria|tipo de lector|"
           "tipo de socio"),
    column("group_name", gettext_lazy("Class or group"), "class or group|class|group|grade|form|homeroom|class name|"
           "department|klasse|gruppe|schulklasse|jahrgang|classe|groupe|niveau|clase|curso|grupo|grado"),
    column("joined_on", gettext_lazy("Member since"), "member since|dateenrolled|date enrolled|enrolled|"
           "enrolment date|joined|join date|registered|registration date|registered on|date joined|member from|"
           "date of registration|mitglied seit|eintritt|eintrittsdatum|angemeldet am|anmeldedatum|date d inscription|"
           "inscrit le|membre depuis|fecha de alta|fecha de inscripcion|socio desde", is_date=True),
    column("expires_on", gettext_lazy("Membership ends on"), "membership ends on|dateexpiry|expiry date|expiry|"
           "expires|expiration date|valid until|valid to|end date|member until|gultig bis|ablaufdatum|austritt|"
           "austrittsdatum|mitglied bis|date d expiration|date de fin|valable jusqu au|expire le|fecha de caducidad|"
           "valido hasta|fecha de baja", is_date=True),
    column("note", gettext_lazy("Note for the desk"), "note for the desk|notes|borrowernotes|remarks|comments|"
           "comment|bemerkung|bemerkungen|notiz|notizen|anmerkung|remarque|remarques|observations|nota|notas|"
           "observaciones", is_many=True),
    column("language", gettext_lazy("Language"), "preferred language|sprache|langue|idioma"),
    column("notices_by", gettext_lazy("Reminders come by"), "notice by|erinnerungen per|rappels par|avisos por"),
    column("notices_off", gettext_lazy("Reminders not wanted")),
    column("keep_history", gettext_lazy("Keeps the reading history")),
)  # fmt: skip


def make_member(row: Row, facts: Facts) -> dict[str, Any]:
    """The values of one row: texts, days as YYYY-MM-DD, all of them empty where nothing is said. Raises CellProblem.

    ``category`` is a code or a name, whatever the table has.
    """
    name = one_line(row["name"][0], 200) if "name" in row else _whole_name(row)
    if not name:
        raise CellProblem(_("The row has no name. Fill it in."))
    found: dict[str, Any] = {"card_number": read_code(row.get("card_number", [""])[0], _("card number")), "name": name}
    found["email"] = _email(row)
    found |= {field: one_line(", ".join(row.get(field, ())), most) for field, most in TEXTS.items()}
    found["address"] = _address(row)
    found |= {field: read_day_cell(row.get(field, [""])[0], field, facts) for field in DAYS}
    found["note"] = many_lines("\n".join(row.get("note", ())), 2_000)
    return found | _wishes(row)


def _whole_name(row: Row) -> str:
    return one_line(" ".join([*row.get("first_name", [])[:1], *row.get("last_name", [])[:1]]), 200)


def _email(row: Row) -> str:
    email = one_line(row.get("email", [""])[0].removeprefix("mailto:"), 300)
    try:
        if email:
            validate_email(email)
    except ValidationError as error:
        raise CellProblem(_("“%(text)s” is no e-mail address.") % {"text": email[:60]}) from error
    return email


def _address(row: Row) -> str:
    """The address as on a letter; out of parts where it comes in parts."""
    town = " ".join([*row.get("zip", ()), *row.get("city", ())])
    lines = [*row.get("address", ()), " ".join(row.get("street", ())), town, *row.get("state", ()),
             *row.get("country", ())]  # fmt: skip
    return many_lines("\n".join(filter(None, lines)), 500)


def _wishes(row: Row) -> dict[str, Any]:
    """What members chose themselves; left to the library where a table says nothing that is understood."""
    languages = read_language_names(row.get("language", [""])[0])
    language = html_language(languages[0]) if languages else ""
    by, off = row.get("notices_by", [""])[0], out_of_cell(row.get("notices_off", [""])[0])
    history = row.get("keep_history", [""])[0].casefold()
    return {
        "language": language if language in LANGUAGES else "",
        "notices_by": by if by in Member.Channel.values else "",
        "notices_off": [kind for kind in off if kind in MAY_BE_OFF],
        "keep_history": True if history in YES else False if history and history in NO else None,
    }


MEMBERS = Spec(
    what="member",
    columns=COLUMNS,
    make=make_member,
    needs=(("name", "first_name", "last_name"),),
)
