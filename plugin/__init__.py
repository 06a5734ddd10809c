"""The user interface: menus, dialogs and docks. It starts algorithms by id and does no work itself."""
