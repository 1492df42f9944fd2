"""The columns that tables of books have, and what they are called in English, German, French and Spanish."""

from django.utils.translation import gettext_lazy as _

from . import own
from .columns import column

_HIDDEN = {
    own.KEY: _("Number of the book in the library it comes from"),
    "format_text": _("Format as given"),
    "isbn10": _("ISBN-10 as printed"),
    "isbn_wrong": _("ISBN (wrong)"),
    "sort_title": _("Title for sorting, where it is not the usual one"),
    "authors_sorted_as": _("Names for sorting, where they are not the usual ones"),
    "author_keys": _("Keys of the authors in the source"),
    "cover_id": _("Number of the cover at Open Library"),
    "source": _("Source of the record"),
    "source_key": _("Key in the source"),
    "work_key": _("Key of the work in the source"),
    "revision": _("Revision in the source"),
    "other_sources": _("Other sources of the record"),
    "currency": _("Currency of the price"),
}

COLUMNS = (
    column("title", _("Title"), "book title|name of book|book name|main title|full title|titel|haupttitel|buchtitel|"
           "sachtitel|titre|titre principal|titre du livre|titulo|titulo principal|titulo del libro|"
           "nombre del libro"),
    column("subtitle", _("Subtitle"), "sub title|remainder of title|untertitel|zusatz zum titel|titelzusatz|"
           "sous titre|complement du titre|subtitulo|resto del titulo"),
    column("authors", _("Authors"), "author|author s|author name|author names|creator|creators|written by|writer|"
           "main author|primary author|first author|author 1|autor|autoren|autor in|autor innen|verfasser|"
           "verfasserin|verfasser in|urheber|auteur|auteurs|auteur s|auteur principal|autores|autor es|"
           "autor principal|escritor", is_many=True),
    column("author_last", _("Author: family name"), "author last name|author last|last name of author|author surname|"
           "nachname des autors|autor nachname|autor name|nom de l auteur|nom auteur|apellido del autor|"
           "apellidos del autor|autor apellido"),
    column("author_first", _("Author: given name"), "author first name|author first|first name of author|"
           "vorname des autors|autor vorname|prenom de l auteur|prenom auteur|nombre del autor|autor nombre"),
    column("author_role", _("Part of the author"), "primary author role|role de l auteur"),
    column("editors", _("Editors"), "editor|editor s|edited by|herausgeber|herausgeberin|herausgeber in|hrsg|"
           "directeur de publication|editeur scientifique|editor literario|coordinador", is_many=True),
    column("translators", _("Translators"), "translator|translator s|translated by|ubersetzer|ubersetzerin|"
           "ubersetzer in|ubersetzung|traducteur|traducteurs|traduction|traductor|traductores|"
           "traductor a", is_many=True),
    column("illustrators", _("Illustrators"), "illustrator|illustrator s|illustrated by|illustratorin|illustrator in|"
           "illustrationen|illustrateur|illustrateurs|ilustrador|ilustradores", is_many=True),
    column("other_people", _("Other people"), "contributors|contributor|additional authors|other authors|"
           "secondary author|secondary authors|co author|co authors|added authors|weitere personen|beteiligte|"
           "mitwirkende|weitere autoren|autres auteurs|auteurs secondaires|contributeurs|otros autores|"
           "autores secundarios|colaboradores", is_many=True),
    column("statement", _("Statement of responsibility"), "responsibility|by statement|verantwortlichkeitsangabe|"
           "verfasserangabe|mention de responsabilite|mencion de responsabilidad"),
    column("isbn", _("ISBN"), "isbns|isbn 13|isbn13|isbn 10|isbn no|isbn number|isbn nummer|isbn nr|ean|ean isbn13|"
           "upc isbn10|isbn issn|isbn10 isbn13|numero isbn|n isbn|isbn code|code isbn", is_many=True),
    column("lccn", _("LCCN"), "lc control number|library of congress control number", is_many=True),
    column("oclc", _("OCLC number"), "oclc no|oclcs|oclc control number", is_many=True),
    column("publisher", _("Publisher"), "publisher name|publishercode|publishing house|verlag|verlagsname|editeur|"
           "maison d edition|editions|editorial|casa editorial|editora"),
    column("place", _("Place of publication"), "place|publication place|city of publication|verlagsort|"
           "erscheinungsort|ort|lieu|lieu de publication|lieu d edition|lugar|lugar de publicacion|lugar de edicion"),
    column("published", _("Date of publication"), "publication date|publish date|date published|date of publication|"
           "pub date|date|copyright date|copyrightdate|copyright|erscheinungsdatum|erschienen|veroffentlicht|"
           "date de publication|date de parution|date d edition|fecha de publicacion|fecha de edicion"),
    column("year", _("Year"), "publication year|year published|year of publication|pub year|published year|jahr|"
           "erscheinungsjahr|erschj|annee|annee de publication|annee d edition|annee de parution|ano|"
           "ano de publicacion|ano de edicion"),
    column("first_year", _("First published in"), "original publication year|original year|year first published|"
           "erstausgabe|jahr der erstausgabe|annee de premiere publication|ano de la primera edicion"),
    column("edition", _("Edition"), "edition statement|edition no|auflage|ausgabe|mention d edition|no d edition|"
           "edicion|numero de edicion"),
    column("language", _("Language"), "languages|lang|language code|sprache|sprachen|langue|langues|idioma|idiomas|"
           "lengua"),
    column("other_languages", _("Other languages"), "weitere sprachen|autres langues|otros idiomas"),
    column("pages", _("Pages"), "page count|number of pages|no of pages|num pages|pagecount|seiten|seitenzahl|"
           "anzahl seiten|nombre de pages|nb pages|numero de paginas|paginas|n de paginas"),
    column("pagination", _("Extent"), "physical description|extent|size|collation|umfang|physische beschreibung|"
           "description physique|importance materielle|descripcion fisica|extension"),
    column("format", _("Format"), "binding|media|media type|material type|material|cover type|einband|bindung|"
           "medientyp|medienart|buchtyp|reliure|support|type de document|encuadernacion|tipo de material|formato"),
    column("series", _("Series"), "series title|seriestitle|series name|collection title|reihe|reihentitel|serie|"
           "schriftenreihe|titre de serie|coleccion|titulo de la serie"),
    column("series_number", _("Number in the series"), "volume|volume number|series number|series no|band|bandnummer|"
           "bandangabe|reihennummer|tome|numero dans la serie|numero de la serie|tomo|volumen"),
    column("imprint", _("Publisher, date and more in one"), "publication|imprint|erscheinungsvermerk"),
    column("subjects", _("Subjects"), "subject|subject s|subject headings|tags|tag|keywords|keyword|category|"
           "categories|genre|genres|topics|bookshelves|schlagworter|schlagwort|schlagworte|stichworte|kategorie|"
           "kategorien|themen|thema|sachgebiet|sujet|sujets|mots cles|matieres|themes|materia|materias|tema|temas|"
           "palabras clave|descriptores|etiquetas", is_many=True),
    column("description", _("Description"), "summary|abstract|annotation|blurb|synopsis|beschreibung|inhalt|"
           "inhaltsangabe|zusammenfassung|klappentext|resume|descripcion|resumen|sinopsis"),
    column("call_number", _("Call number"), "callnumber|call no|shelf mark|shelfmark|shelf number|other call number|"
           "signatur|standnummer|cote|cote principale|signatura|signatura topografica|clasificacion"),
    column("dewey", _("Dewey number"), "dewey decimal|dewey class|dewey|ddc|ddc number|ddc nummer|dk|indice dewey|"
           "classification dewey|clasificacion dewey", is_many=True),
    column("lcc", _("Library of Congress classification"), "lc classification|lc class|lc call number|"
           "lcc number", is_many=True),
    column("barcode", _("Barcode"), "barcodes|bar code|item barcode|copy barcode|barcode number|accession no|"
           "accession number|accession|asn no|asn|inventory number|inventory no|item number|copy number|copy id|"
           "strichcode|strichkode|mediennummer|exemplarnummer|inventarnummer|inventarnr|inv nr|buchnummer|"
           "zugangsnummer|code barre|code barres|code a barres|numero d inventaire|n inventaire|numero d exemplaire|"
           "codigo de barras|numero de inventario|n de inventario|numero de registro|"
           "numero de ejemplar", is_many=True),
    column("copies", _("Number of copies"), "copy count|no of copies|quantity|qty|owned copies|stock|holdings|"
           "number of items|anzahl|exemplare|anzahl exemplare|bestand|nombre d exemplaires|exemplaires|quantite|"
           "ejemplares|numero de ejemplares|cantidad|existencias"),
    column("branch", _("Branch"), "homebranch|home branch|home library|holding branch|library|library code|"
           "branch code|zweigstelle|bibliothek|filiale|standort bibliothek|site|bibliotheque|sucursal|biblioteca|"
           "sede"),
    column("copy_type", _("Copy type"), "itype|item type|itemtype|copy type code|loan type|exemplartyp|ausleihtyp|"
           "type d exemplaire|type de pret|tipo de ejemplar|tipo de prestamo"),
    column("copy_call_number", _("Call number of the copy"), "itemcallnumber|item call number|copy call number|"
           "exemplarsignatur|cote exemplaire|cote de l exemplaire|signatura del ejemplar"),
    column("location", _("Location"), "shelf|shelving location|permanent location|room|place on shelf|collection|"
           "collections|standort|regal|raum|aufstellung|emplacement|localisation|rayon|etagere|ubicacion|estante|"
           "estanteria|localizacion"),
    column("price", _("Price"), "list price|purchase price|replacement price|replacementprice|cost|value|unit price|"
           "preis|kaufpreis|anschaffungspreis|wert|prix|prix d achat|valeur|precio|precio de compra|coste|valor"),
    column("condition", _("Condition"), "item condition|zustand|erhaltung|etat|etat de l exemplaire|"
           "estado de conservacion|conservacion"),
    column("copy_note", _("Note on the copy"), "note|notes|remarks|comments|comment|private comment|private notes|"
           "item notes|itemnotes|itemnotes nonpublic|bemerkung|bemerkungen|notiz|notizen|anmerkung|anmerkungen|"
           "kommentar|remarque|remarques|observation|commentaire|commentaires|nota|notas|observaciones|"
           "comentarios", is_many=True),
    column("acquired_on", _("Acquired on"), "acquired|date acquired|acquisition date|dateaccessioned|"
           "date accessioned|date added|added|purchase date|entry date|zugang|zugangsdatum|anschaffungsdatum|"
           "erworben am|kaufdatum|date d acquisition|date d achat|date d entree|fecha de adquisicion|fecha de compra|"
           "fecha de alta|fecha de ingreso", is_date=True),
    column("copy_state", _("State of the copy"), "status|state|item status|copy status|availability|exemplarstatus|"
           "verfugbarkeit|statut|disponibilite|estado|situacion|disponibilidad"),
    column("withdrawn_on", _("Withdrawn on"), "withdrawn|date withdrawn|withdrawn date|wthdrawn|ausgeschieden|"
           "ausgeschieden am|aussonderung|elimine|elimine le|date d elimination|dado de baja|"
           "fecha de baja", is_date=True),
    column("lost_on", _("Lost on"), "lost|itemlost|itemlost on|date lost|verloren|verloren am|verlust|perdu|perdu le|"
           "perdido|perdido el|extraviado", is_date=True),
    column("damaged_on", _("Damaged on"), "damaged|damaged date|date damaged|beschadigt|beschadigt am|endommage|"
           "endommage le|danado|danado el", is_date=True),
    *(column(field, label, is_hidden=True) for field, label in _HIDDEN.items()),
)  # fmt: skip
