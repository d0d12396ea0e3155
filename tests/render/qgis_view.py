"""What the Python of QGIS draws layers by, for tests that give it a script."""

from __future__ import annotations

DRAWN = """
from qgis.PyQt.QtCore import QSize
from qgis.core import QgsMapRendererSequentialJob, QgsMapSettings

def drawn(layers, crs, extent, wide, high):
    view = QgsMapSettings()
    view.setLayers(layers)
    view.setOutputSize(QSize(wide, high))
    view.setDestinationCrs(crs)
    view.setExtent(extent)
    job = QgsMapRendererSequentialJob(view)
    job.start()
    job.waitForFinished()
    return job.renderedImage()
"""
