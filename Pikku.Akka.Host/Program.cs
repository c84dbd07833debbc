using Pikku.Akka;
using Pikku.Akka.Host;

return await HostApp.Create(args).RunPikkuAsync(args);
