namespace QwenVl.Pictures.Fonts;

internal enum FontScript
{
    Latin,
    Chinese,
}
