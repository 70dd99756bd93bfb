using QwenVlSample;
using UIKit;

UIApplication.Main(args, null, typeof(AppDelegate));
