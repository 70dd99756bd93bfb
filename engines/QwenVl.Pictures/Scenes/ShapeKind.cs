namespace QwenVl.Pictures.Scenes;

internal enum ShapeKind
{
    Circle,
    Square,
    Triangle,
    Star,
    Cross,
    Hexagon,
    Heart,
    Ring,
}
