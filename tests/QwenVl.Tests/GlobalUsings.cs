global using QwenVl.Engines.Tool.Verification;
global using Xunit;
