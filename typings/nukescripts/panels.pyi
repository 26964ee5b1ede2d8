# Only what Penumbra calls. `widget` is an expression, evaluated in `__main__`, that gives the widget's class.
from typing import Any

class PythonPanel:
    def addToPane(self, pane: Any = ...) -> Any: ...

def registerWidgetAsPanel(widget: str, name: str, id: str, create: bool = ...) -> PythonPanel | None: ...
