namespace QwenVl.Pictures.Scenes;

internal enum ShapeColour
{
    Red,
    Orange,
    Yellow,
    Green,
    Blue,
    Purple,
    Pink,
    Brown,
    Black,
    White,
    Gray,
}
