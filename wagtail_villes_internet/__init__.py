"""The label « Territoires, Villes et Villages Internet » on a town's Wagtail site."""
