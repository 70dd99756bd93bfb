using QwenVl.Server.Lifecycle;

return await ServerHost.RunAsync(args, Console.Error);
