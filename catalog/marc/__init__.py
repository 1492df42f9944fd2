"""MARC 21 and UNIMARC, in ISO 2709 and in XML: records read into drafts, drafts written as records."""
