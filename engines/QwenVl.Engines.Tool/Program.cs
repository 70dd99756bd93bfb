using QwenVl.Engines.Tool.Commands;

return await ToolCommand.RunAsync(args);
