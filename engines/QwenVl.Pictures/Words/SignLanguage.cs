namespace QwenVl.Pictures.Words;

internal enum SignLanguage
{
    English,
    German,
    Chinese,
}
