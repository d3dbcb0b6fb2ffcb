// dynalite throws when a client aborts a request, which would end the database.
process.on('uncaughtException', (error) => console.error(error))
