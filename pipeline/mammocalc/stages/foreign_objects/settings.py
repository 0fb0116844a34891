"""Settings of foreign objects: metal, drawings and the areola."""

from mammocalc.model.settings import Settings


class ForeignSettings(Settings):
    """Whether metal and drawings are left out."""

    leave_out_metal: bool = True
    """Whether clips, markers, wires and lead letters are left out. The image is flagged where that happened."""

    leave_out_drawn: bool = True
    """Whether text, dots, rulers, rings and other marks that were drawn into the pixels over the breast are left out.
    The image is flagged where that happened."""
