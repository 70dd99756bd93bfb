namespace QwenVl.TensorRt.Abi;

/// <summary>nvonnxparser::IParser, whose vtable is the object's own: its destructors lie in the middle.</summary>
internal static class ParserMethods
{
    public static readonly Method Parse = new("IParser::parse", 0, 0, 0, 0);
    public static readonly Method ParseFromFile = new("IParser::parseFromFile", 1, 1, 1, 1);
    public static readonly Method SupportsOperator = new("IParser::supportsOperator", 4, 2, 4, 2);
    public static readonly Method GetNbErrors = new("IParser::getNbErrors", 5, 3, 5, 3);
    public static readonly Method GetError = new("IParser::getError", 6, 4, 6, 4);
    public static readonly Method ClearErrors = new("IParser::clearErrors", 7, 5, 7, 5);
    public static readonly Method Delete = new("IParser::~IParser", 9, 7, 9, 7);
    public static readonly Method ClearFlag = new("IParser::clearFlag", 13, 11, 13, 11);
    public static readonly Method SetFlag = new("IParser::setFlag", 14, 12, 14, 12);
    public static readonly Method GetFlag = new("IParser::getFlag", 15, 13, 15, 13);
    public static readonly Method LoadModelProto = new("IParser::loadModelProto", 21, 19, 21, 19) { SinceMinor10 = FirstMinorOfModelProto };
    public static readonly Method LoadInitializer = new("IParser::loadInitializer", 22, 20, 22, 20) { SinceMinor10 = FirstMinorOfModelProto };
    public static readonly Method ParseModelProto = new("IParser::parseModelProto", 23, 21, 23, 21) { SinceMinor10 = FirstMinorOfModelProto };

    // Separate loading of model and weights came with this minor; an older parser has no such slots.
    private const int FirstMinorOfModelProto = 13;
}

/// <summary>nvonnxparser::IParserError.</summary>
internal static class ParserErrorMethods
{
    public static readonly Method Code = new("IParserError::code", 0, 0, 0, 0);
    public static readonly Method Description = new("IParserError::desc", 1, 1, 1, 1);
    public static readonly Method Node = new("IParserError::node", 5, 5, 5, 5);
    public static readonly Method NodeName = new("IParserError::nodeName", 6, 6, 6, 6);
    public static readonly Method NodeOperator = new("IParserError::nodeOperator", 7, 7, 7, 7);
}
