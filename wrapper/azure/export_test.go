package azure

// Environment returns what the credentials of the environment are.
func Environment() (account string, sharedAccess bool, err error) {
	e := readEnvironment()
	if e.account != nil {
		account = e.account.name
	}
	return account, e.sharedAccess, e.err
}
